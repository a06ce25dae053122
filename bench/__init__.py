"""What Kedja costs and carries: one file for each thing measured. `python -m bench` measures all, `python -m bench NAME` one."""
