"""Train one or more configs under several seeds, and report mean and standard deviation by round."""

from mmacl.commands import run_command

if __name__ == '__main__':
    run_command('multi_seed')
