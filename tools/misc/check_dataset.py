"""List everything that is wrong with the data of a config, or with a folder in mmacl's layout."""

from mmacl.commands import run_command

if __name__ == '__main__':
    run_command('check_dataset')
