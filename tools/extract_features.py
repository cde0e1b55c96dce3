"""Extract snippet features from video files."""

from mmacl.commands import run_command

if __name__ == '__main__':
    run_command('extract_features')
