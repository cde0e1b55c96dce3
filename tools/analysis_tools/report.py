"""A run as one static HTML file: figures by round, pictures, videos with their timelines, error analysis, settings."""

from mmacl.commands import run_command

if __name__ == '__main__':
    run_command('report')
