"""Score the same attention through every score map, over one or several checkpoints."""

from mmacl.commands import run_command

if __name__ == '__main__':
    run_command('compare_score_maps')
