"""List the extractors of features side by side."""

from mmacl.commands import run_command

if __name__ == '__main__':
    run_command('list_extractors')
