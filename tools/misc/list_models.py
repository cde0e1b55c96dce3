"""List the models that come with mmacl."""

from mmacl.commands import run_command

if __name__ == '__main__':
    run_command('list_models')
