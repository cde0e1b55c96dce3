"""Choose the number of clusters for the training videos of a config."""

from mmacl.commands import run_command

if __name__ == '__main__':
    run_command('choose_num_clusters')
