"""Find the actions in video files."""

from mmacl.commands import run_command

if __name__ == '__main__':
    run_command('find_actions')
