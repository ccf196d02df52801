# credenv for nushell: a command in front of the binary, so that `credenv use` changes this shell, and a hook that follows
# the directory. nushell evaluates no text: the binary tells in JSON what to change.

# Switch the AWS environment of this shell.
@complete external
def --env --wrapped credenv [...words] {
    match $words.0? {
        "use" | "off" | "auto" => {
            let told = ^__CREDENV_EXE__ $words.0 --wrapper --shell nu ...($words | skip 1)
            __credenv_obey $told
        }
        "allow" | "deny" | "link" => {
            ^__CREDENV_EXE__ ...$words
            __credenv_prompt
        }
        "doctor" => {
            # What only the shell itself can see.
            let calls = $env.config.hooks.pre_prompt | each {|hook| try { view source $hook } catch { '' } }
            with-env { CREDENV_HOOK: $"nu:($env.__credenv.loaded):($calls | str join ' ')" } { ^__CREDENV_EXE__ ...$words }
        }
        _ => { ^__CREDENV_EXE__ ...$words }
    }
}

# Carries out what the binary told: an object a line, of which the last holds the changes.
def --env __credenv_obey [told: string] {
    let told = $told | from json --objects | reduce {|object, all| $all | merge $object }
    if $told.check? != null {
        let times = if ($told.check.references | is-empty) { [] } else { ls -aD ...$told.check.references | get modified }
        let until = if $told.check.seconds == null { null } else { (date now) + $told.check.seconds * 1sec }
        $env.__credenv.check = ($told.check | merge { times: $times, until: $until })
    }
    if $told.memory? != null { $env.__credenv.memory = $told.memory }
    if $told.said? != null { $env.__credenv.memory += $told.said }
    let aside = $told.aside? | default [] | append $told.aside_if_set?
    __credenv_forget $aside
    for name in ($aside | where {|name| $name in $env }) {
        let value = $env | get $name
        $env.__credenv_aside = ($env.__credenv_aside | merge { $name: {|| $value } })
    }
    hide-env -i ...$told.unset
    load-env $told.set
    let back = $told.back? | default []
    for name in ($back | append $told.back_unexported?) {
        if $name in $env.__credenv_aside {
            load-env { $name: (do ($env.__credenv_aside | get $name)) }
        } else if $name in $back {
            print --stderr $"credenv: ($name) was set aside in another shell and is not put back here"
        }
    }
    __credenv_forget ($back | append $told.back_unexported? | append $told.drop?)
}

# Forgets what was set aside under these names.
def --env __credenv_forget [names: list<string>] {
    $env.__credenv_aside = ($env.__credenv_aside | reject ...($names | where {|name| $name in $env.__credenv_aside }))
}

# Whether asking the binary again could bring nothing new.
def __credenv_holds [] {
    let check = $env.__credenv.check
    try {
        ($check.directory == $env.PWD
            and not $check.unsure
            and ($check.until == null or (date now) < $check.until)
            and not (true in ($check.absent | path exists))
            and ($check.paths | path expand) == $check.lead
            and ($env | select --optional ...$check.names | values) == $check.values
            and (($check.files | is-empty) or (ls -aD ...$check.files | get modified) == $check.times))
    } catch { false }
}

# The hook.
def --env __credenv_prompt [] {
    if (__credenv_holds) { return }
    let directory = $env.PWD
    if $directory == $env.__credenv.failed or not (__CREDENV_EXE__ | path exists) { return }
    # Whatever is wrong with it, also an interrupt, it is not tried again before the directory changes.
    $env.__credenv.failed = $directory
    let status = $env.LAST_EXIT_CODE?
    try {
        let told = do {
            # nushell starts nothing in a directory that is gone.
            if not ($directory | path exists) { cd / }
            ^__CREDENV_EXE__ hook --shell nu $env.__credenv.memory $directory
        }
        __credenv_obey $told
        $env.__credenv.failed = ''
    }
    if $status != null { $env.LAST_EXIT_CODE = $status }
}

$env.__credenv = {
    memory: fresh
    failed: ''
    check: { directory: '' }
    loaded: (($env.__credenv?.loaded? | default '') + '+')
}
$env.__credenv_aside = ($env.__credenv_aside? | default {})
# In front, so that a prompt that others draw shows what is in force; what is there of ours already makes way.
$env.config.hooks.pre_prompt = (
    $env.config.hooks.pre_prompt? | default []
    | where {|hook| 'closure' not-in ($hook | describe) or '__credenv_prompt' not-in (view source $hook) }
    | prepend {|| __credenv_prompt }
)
