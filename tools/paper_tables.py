"""Make the paper's Tables 1 to 5: train what is missing, and put our figures beside the published ones."""

from mmacl.commands import run_command

if __name__ == '__main__':
    run_command('paper_tables')
