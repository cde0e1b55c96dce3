"""Why detections are wrong and instances are missed, for a result file of this or any other system."""

from mmacl.commands import run_command

if __name__ == '__main__':
    run_command('diagnose_detections')
