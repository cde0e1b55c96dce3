"""Draw what a training recorded of its rounds, without features, model or annotations at hand."""

from mmacl.commands import run_command

if __name__ == '__main__':
    run_command('draw_rounds')
