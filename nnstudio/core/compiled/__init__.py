"""Compiled code: how kernels are declared and cached, and what kernels of several layers share."""
