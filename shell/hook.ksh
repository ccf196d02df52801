# x __CREDENV_EXE__
