# The start-up file of the sandbox: the one line that a person adds to their own, and a prompt that says where they are.
# shellcheck shell=bash
eval "$(credenv init bash)"
PS1='[sandbox ${AWS_PROFILE:-no profile}] \w \$ '
HISTFILE=
