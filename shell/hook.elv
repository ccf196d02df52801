# credenv for elvish: a function in front of the binary, so that `credenv use` changes this shell, and a hook that follows
# the directory. What stands in braces knows only those variables outside of it that it names, and so does an `eval` in it.
# Functions of the person's own may have the names of builtins.
use builtin

# Our hooks are known by the names of what they take. One that was loaded before hands over the secrets that it keeps, and
# a `+` for each time that it was loaded.
fn __credenv_is_ours {|hook|
  try {
    var names = [(builtin:all $hook[arg-names]) (builtin:all $hook[opt-names])]
    or (builtin:eq $names [__credenv_directory]) (builtin:eq $names [__credenv_first])
  } catch {
    builtin:put $false
  }
}
var __credenv_aside = [&]
var __credenv_loaded = ''
var others = []
for hook $after-chdir {
  if (__credenv_is_ours $hook) {
    set __credenv_aside __credenv_loaded = ($hook $nil)
  } else {
    set others = [$@others $hook]
  }
}
set __credenv_loaded = $__credenv_loaded'+'
var __credenv_memory = fresh
var __credenv_failed = ''

# The variables by which programs find who they are; of a secret, that it is there.
fn __credenv_identity {
  var has-keys = (and (builtin:not-eq $E:AWS_ACCESS_KEY_ID '') (builtin:not-eq $E:AWS_SECRET_ACCESS_KEY ''))
  var role = ''
  if (builtin:not-eq $E:AWS_WEB_IDENTITY_TOKEN_FILE '') {
    set role = $E:AWS_ROLE_ARN
  }
  var profile = $E:AWS_PROFILE
  if (builtin:eq $profile '') {
    set profile = $E:AWS_DEFAULT_PROFILE
  }
  var region = $E:AWS_REGION
  if (builtin:eq $region '') {
    set region = $E:AWS_DEFAULT_REGION
  }
  builtin:put [$has-keys $role $profile $region]
}
var __credenv_seen = []
var __credenv_seen_in = ''

fn __credenv_evaluate {|script|
  builtin:nop $__credenv_aside $__credenv_memory $__credenv_seen $__credenv_seen_in $__credenv_identity~
  builtin:eval $script
}

# Somebody changed one of these: what a prompt shows of it follows, and nothing else. Whatever is wrong with that, it is
# not tried again before the next change.
fn __credenv_show {
  var identity = (__credenv_identity)
  if (and (builtin:eq $pwd $__credenv_seen_in) (builtin:not-eq $identity $__credenv_seen)) {
    set __credenv_seen = $identity
    try {
      __credenv_evaluate (__CREDENV_EXE__ hook --shell elvish prompt $pwd | builtin:slurp)
    } catch { }
  }
}

# elvish cannot see when a file was changed, so the binary is asked whenever a directory is entered.
fn __credenv_moved {|__credenv_directory|
  if (builtin:eq $__credenv_directory $nil) {
    builtin:put $__credenv_aside $__credenv_loaded
  } elif (builtin:not-eq $pwd $__credenv_failed) {
    # Whatever is wrong with it, also an interrupt, it is not tried again before the directory changes.
    set __credenv_failed = $pwd
    try {
      var script = (__CREDENV_EXE__ hook --shell elvish $__credenv_memory $pwd | builtin:slurp)
      set __credenv_failed = ''
      __credenv_evaluate $script
    } catch { }
  }
}
set after-chdir = [$@others $__credenv_moved~]

fn credenv {|@arguments|
  var command = ''
  if (builtin:not-eq $arguments []) {
    set command = $arguments[0]
  }
  if (builtin:has-value [use off auto] $command) {
    var script = (__CREDENV_EXE__ $command --wrapper --shell elvish (builtin:all $arguments[1..]) | builtin:slurp)
    __credenv_evaluate $script
  } elif (builtin:has-value [allow deny link] $command) {
    __CREDENV_EXE__ $@arguments
    __credenv_moved $pwd
  } elif (builtin:eq $command doctor) {
    # What only the shell itself can see.
    var calls = ''
    if (builtin:has-value $after-chdir $__credenv_moved~) {
      set calls = __credenv_moved
    }
    var before = [(if (builtin:has-env CREDENV_HOOK) { builtin:put $E:CREDENV_HOOK })]
    builtin:set-env CREDENV_HOOK elvish:$__credenv_loaded':'$calls
    try {
      __CREDENV_EXE__ $@arguments
    } finally {
      builtin:unset-env CREDENV_HOOK
      for value $before {
        builtin:set-env CREDENV_HOOK $value
      }
    }
  } else {
    __CREDENV_EXE__ $@arguments
  }
}

# At a prompt the names stay. In a script there is no editor, and whoever evaluates this keeps what they need of it. The
# first prompt follows the directory in which the shell starts, whatever the start-up file sets below.
try {
  builtin:nop $credenv~ $__credenv_moved~ $__credenv_show~ $__credenv_memory $__credenv_is_ours~
  builtin:eval '
    edit:add-var credenv~ $credenv~
    var hooks = [{|&__credenv_first=$nil| if (eq $__credenv_memory fresh) { __credenv_moved $pwd } else { __credenv_show } }]
    for hook $edit:before-readline {
      if (not (__credenv_is_ours $hook)) {
        set hooks = [$@hooks $hook]
      }
    }
    set edit:before-readline = $hooks
  '
} catch { }
