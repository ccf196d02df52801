//! What the hook costs: a process where something changed, and none at all where nothing did.

use super::{CONFIG, DEV, PROD, TO_DEV, TO_NONE, allow, allowed, home};
use crate::support::{Ability, Prompt, Session, Shell, quoted};

/// The number of processes that these steps start.
fn cost(prompt: &mut Prompt<'_>, steps: impl FnOnce(&mut Prompt<'_>)) -> usize {
    let before = prompt.processes();
    steps(prompt);
    prompt.processes() - before
}

fn twenty_idle_prompts_start_no_process(shell: &Shell) {
    let home = home();
    home.write("new/.credenv.yml", PROD);
    allowed(&home, "broken/.credenv.yml", DEV);
    home.write("broken/.credenv.yml", "profile: [\n");
    let Some(mut prompt) = Session::of(shell, &home).traced().start() else { return };
    for directory in ["", "project", "project/below", "new", "broken"] {
        let path = home.path(directory);
        prompt.line(format!("cd {}", quoted(path.to_str().unwrap())));
        prompt.rest();
        let processes = cost(&mut prompt, |prompt| {
            for number in 0..20 {
                assert_eq!(prompt.line(prompt.shell.language.idle_line(number)), "");
            }
        });
        assert_eq!(processes, 0, "in `{directory}`");
    }
}
at_every_prompt!(twenty_idle_prompts_start_no_process);

fn each_change_that_matters_starts_one_process(shell: &Shell) {
    let home = home();
    allowed(&home, "project/below/.credenv.yml", PROD);
    home.rename("project/below/.credenv.yml", "project/below/aside");
    let Some(mut prompt) = Session::of(shell, &home).traced().start() else { return };
    let mut costs = |what: &str, expected: usize, step: &mut dyn FnMut(&mut Prompt<'_>)| {
        prompt.rest();
        assert_eq!(cost(&mut prompt, step), expected, "{what}");
        prompt.rest();
        if shell.can(Ability::Watching) {
            assert_eq!(cost(&mut prompt, |prompt| assert_eq!(prompt.look(), "")), 0, "the prompt behind: {what}");
        }
    };
    // In a shell that has no hook but `cd`, looking is a `cd` itself.
    costs("enter", 1, &mut |prompt| assert_eq!(prompt.line("cd project"), TO_DEV));
    costs("deeper", 1, &mut |prompt| assert_eq!(prompt.line("cd below"), ""));
    costs("another file", 0, &mut |_| home.write("project/notes", "x"));
    costs("edit", 1, &mut |prompt| {
        home.write("project/.credenv.yml", format!("# x\n{DEV}"));
        assert_eq!(prompt.look(), "");
    });
    costs("touch", 1, &mut |prompt| {
        home.touch("project/.credenv.yml");
        assert_eq!(prompt.look(), "");
    });
    costs("a nearer file", 1, &mut |prompt| {
        home.rename("project/below/aside", "project/below/.credenv.yml");
        assert_ne!(prompt.look(), "");
    });
    costs("it goes", 1, &mut |prompt| {
        home.rename("project/below/.credenv.yml", "project/below/aside");
        assert_ne!(prompt.look(), "");
    });
    costs("the AWS files", 1, &mut |prompt| {
        home.write(".aws/config", CONFIG.replace("eu-west-1", "eu-north-1"));
        assert_ne!(prompt.look(), "");
    });
    costs("leave", 1, &mut |prompt| assert_eq!(prompt.line("cd ../.."), TO_NONE));
    costs("the AWS files outside", 0, &mut |prompt| {
        home.write(".aws/config", CONFIG);
        if shell.can(Ability::Watching) {
            assert_eq!(prompt.look(), "");
        }
    });
    home.write("new/.credenv.yml", PROD);
    costs("a new file", 1, &mut |prompt| assert_ne!(prompt.line("cd new"), ""));
    costs("which is allowed", 1, &mut |prompt| {
        allow(&home, "new/.credenv.yml");
        assert_ne!(prompt.look(), "");
    });
    costs("by hand", 1, &mut |prompt| {
        prompt.line("credenv use bare");
    });
}
at_every_prompt!(each_change_that_matters_starts_one_process);
