//! A check of your own: one static rule and one impl.

use std::process::ExitCode;

use launch_ready::Audit;
use launch_ready::core::{
    Check, CheckError, Context, Location, Recorder, Rule, Severity, async_trait,
};
use launch_ready::report::TextStyle;

static WEEKDAY: Rule = Rule::new("team/not-on-friday", Severity::High)
    .says("the launch is not on a Friday", "the launch is on a Friday")
    .because("whoever could mend it is away for two days")
    .fix("launch on Monday")
    .see(&[("Estimating is hard", "https://en.wikipedia.org/wiki/Hofstadter%27s_law")]);

struct Calendar;

#[async_trait]
impl Check for Calendar {
    fn name(&self) -> &str {
        "calendar"
    }
    fn rules(&self) -> &[&'static Rule] {
        &[const { &WEEKDAY }]
    }
    async fn run(&self, cx: &Context, out: &mut Recorder<'_>) -> Result<(), CheckError> {
        match cx.now().unix().div_euclid(86_400) % 7 {
            1 => drop(out.fail(&WEEKDAY, Location::check("calendar"), "today is a Friday")),
            _ => out.pass(&WEEKDAY, Location::check("calendar")),
        }
        Ok(())
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let report = Audit::new("our launch").with(Calendar).run().await;
    println!("{}", report.to_text(TextStyle::default()));
    ExitCode::from(report.decision.exit_code())
}
