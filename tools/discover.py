"""Discover the actions of unlabelled videos."""

from mmacl.commands import run_command

if __name__ == '__main__':
    run_command('discover')
