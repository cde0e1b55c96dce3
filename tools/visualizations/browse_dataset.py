"""Look at annotations before training on them: those of a config's data set, or any file or folder of them."""

from mmacl.commands import run_command

if __name__ == '__main__':
    run_command('browse_dataset')
