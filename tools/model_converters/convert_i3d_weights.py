"""Convert public weights of I3D to safetensors."""

from mmacl.commands import run_command

if __name__ == '__main__':
    run_command('convert_i3d_weights')
