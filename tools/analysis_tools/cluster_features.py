"""Cluster the training videos of a config, without training, and measure the clusters."""

from mmacl.commands import run_command

if __name__ == '__main__':
    run_command('cluster_features')
