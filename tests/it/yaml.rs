//! YAML from a stranger, through the binary: it takes little memory and ends with the place where it goes wrong.

use crate::support::Home;

/// `use` with this config, where 64 MiB of addresses must do for everything.
fn is_refused(config: &str, words: &str) {
    let home = Home::new().config("[profile good]\n").file(".config/credenv/config.yml", config);
    let script = "ulimit -v 65536 && exec credenv use good --shell sh";
    let told = format!("credenv: [HOME]/.config/credenv/config.yml:{words}\n");
    home.run("sh", ["-c", script]).stdout("false;\n").stderr(told).code(1).check();
}

#[test]
fn what_multiplies_or_nests_without_end_is_refused_in_little_memory() {
    let list = |item: &str, count| vec![item; count].join(",");
    let laughs = (1..9).map(|at| format!("a{at}: &a{at} [{}]\n", list(&format!("*a{}", at - 1), 9)));
    let laughs = format!("a0: &a0 [{}]\n{}", list("x", 9), laughs.collect::<Vec<_>>().concat());
    is_refused(&laughs, "1:20: its aliases expand to more than 30000 values");
    let products = format!("a: &a [{}]\nb: [{}]\n", list("x", 5_000), list("*a", 5_000));
    is_refused(&products, "1:776: its aliases expand to more than 30000 values");
    let copies = format!("a: &a {}\nb: [{}]\n", "x".repeat(500_000), list("*a", 5_000));
    is_refused(&copies, "1:4: its aliases expand to more than 30000 values");
    is_refused(&"{a: ".repeat(125_000), "1:402: it nests deeper than 100 levels");
    is_refused(&"[".repeat(100_000), "1:102: it nests deeper than 100 levels");
    is_refused(&"- ".repeat(100_000), "1:202: it nests deeper than 100 levels");
    is_refused(&format!("[{}]", list("x", 200_000)), "1:200002: it holds more than 100000 keys and values");
    is_refused("a: &a [*a]\n", "1:4: it nests too deep, or an alias holds itself");
}
