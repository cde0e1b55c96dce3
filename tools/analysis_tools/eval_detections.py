"""Score a file of detections, of this or any other system, without a model."""

from mmacl.commands import run_command

if __name__ == '__main__':
    run_command('eval_detections')
