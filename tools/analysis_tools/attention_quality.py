"""Does the attention find action? Measured on the validation videos, from the record of finished trainings."""

from mmacl.commands import run_command

if __name__ == '__main__':
    run_command('attention_quality')
