"""Convert features and annotations of any layout to the folder that mmacl reads."""

from mmacl.commands import run_command

if __name__ == '__main__':
    run_command('convert_dataset')
