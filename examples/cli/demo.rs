use std::path::PathBuf;

use launch_ready::Site;
use launch_ready::core::{Clock, Network};
use lr_lab::{Lab, demo};

use crate::run::Failure;

/// The lab's launch `shop.test`, in this very process; gone when dropped.
pub(crate) struct Demo {
    lab: Lab,
    source: PathBuf,
}

impl Demo {
    pub(crate) async fn start() -> Result<Self, Failure> {
        let lab = Lab::builder().launch(demo::launch()).start().await?;
        let source = std::env::temp_dir().join(format!("launch-ready-demo-{}", std::process::id()));
        std::fs::create_dir_all(&source)?;
        demo::source_tree(&source)?;
        Ok(Self { lab, source })
    }

    pub(crate) fn network(&self) -> Network {
        self.lab.network()
    }

    pub(crate) fn clock(&self) -> Clock {
        Clock::fixed(self.lab.now())
    }

    /// What the `launch-ready.toml` of the shop would say.
    pub(crate) fn site(&self) -> Site {
        let mut text = format!(
            "domain = {:?}\ncanonical = {:?}\nnames = [\"status.shop.test\"]\n",
            demo::DOMAIN,
            demo::CANONICAL
        );
        text += "[hosts]\napp = \"app.shop.test\"\napi = \"api.shop.test\"\n";
        text += &format!("[mail]\nselectors = {:?}\n", demo::DKIM_SELECTORS);
        text += &format!("[secrets]\npaths = [{:?}]\n", self.source.to_string_lossy());
        for (from, to) in demo::OLD_URLS {
            text += &format!("[[old-urls]]\nfrom = {from:?}\nto = {to:?}\n");
        }
        for (url, budget) in demo::ENDPOINTS {
            text += &format!("[[endpoints]]\nurl = {url:?}\nbudget-ms = {budget}\n");
        }
        Site::from_toml(&text).expect("the demo describes itself correctly")
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.source);
    }
}
