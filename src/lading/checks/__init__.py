"""What is wrong, given a model: pure generators, one function a rule."""
