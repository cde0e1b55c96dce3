"""Convert annotated or found segments between layouts: into annotation tools, and back."""

from mmacl.commands import run_command

if __name__ == '__main__':
    run_command('convert_annotations')
