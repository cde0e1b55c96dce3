"""Test a checkpoint: mAP on the test videos, and on request the segments, the attention and pictures of them."""

from mmacl.commands import run_command

if __name__ == '__main__':
    run_command('test')
