"""Train a config: cluster, learn co-attention, validate, and again for each round."""

from mmacl.commands import run_command

if __name__ == '__main__':
    run_command('train')
