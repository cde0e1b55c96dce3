"""Print a config as it is after inheritance and overrides, checked as tools/train.py checks it."""

from mmacl.commands import run_command

if __name__ == '__main__':
    run_command('print_config')
