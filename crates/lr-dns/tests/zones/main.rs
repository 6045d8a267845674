//! Zones with a fault each, in its usual shape and in others, and healthy zones that look odd.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

mod faults;
mod variants;

use std::time::Duration;

use futures_util::{StreamExt, stream};
use lr_core::{CheckRun, Limits};
use lr_dns::{DnsCheck, DnsConfig, Policy};
use lr_lab::{Lab, Zone};

const NS2: &str = "ns2.shop.test";

/// The zone that is broken one thing at a time.
fn zone() -> Zone {
    Zone::new("shop.test").records(
        "@   A     11.0.0.7
         @   AAAA  2a0e:b107:9::7
         @   CAA   0 issue \"ca.test\"
         @   MX    10 mx
         mx  A     11.0.7.25
         mx  AAAA  2a0e:b107:7::25
         www CNAME @
         app A     11.0.0.8",
    )
}

/// Others whom the zone refers to.
fn neighbours() -> Vec<Zone> {
    let cdn = "@ A 11.0.0.50\n@ AAAA 2a0e:b107:9::50\nlive CNAME edge.net.test.\n\
               own A 11.0.0.51\nown AAAA 2a0e:b107:9::51\nmail A 11.0.0.52\n\
               strict A 11.0.0.51\nstrict CAA 0 issue \"other.test\"\nback CNAME www.shop.test.\n\
               inside A 10.0.0.9\nns A 11.5.0.1\nns2 A 11.6.0.1\nns AAAA 2a0e:b107:5::1\n\
               ns2 AAAA 2a0e:b107:6::1";
    let at_aws = "@ NS ns-1.awsdns-02.com.\n@ NS ns-2.awsdns-02.com.\n@ A 11.0.0.53";
    vec![
        Zone::new("cdn.test").records(cdn),
        Zone::new("net.test").records("edge 60 A 11.0.0.52\nedge 60 AAAA 2a0e:b107:9::52"),
        Zone::new("azurewebsites.net").records("alive A 11.0.0.60\nalive AAAA 2a0e:b107:9::60"),
        Zone::new("github.io").records("* A 11.0.0.61\n* AAAA 2a0e:b107:9::61"),
        Zone::new("awsdns-02.com").records(
            "ns-1 A 11.7.0.1\nns-1 AAAA 2a0e:b107:17::1\nns-2 A 11.8.0.1\nns-2 AAAA 2a0e:b107:18::1",
        ),
        // So that its servers are there, and refuse what is not theirs.
        Zone::new("somebody.test").records(at_aws),
        Zone::new("served.test").records("@ NS ns.cdn.test.\n@ NS ns2.cdn.test.\n@ A 11.0.0.54"),
    ]
}

/// A zone, and how it is looked at.
struct Case {
    name: &'static str,
    zone: Zone,
    /// More zones, beside the neighbours.
    beside: Vec<Zone>,
    config: DnsConfig,
    policy: Policy,
}

impl Case {
    fn new(name: &'static str, zone: Zone) -> Self {
        let (config, policy) = (DnsConfig::new("shop.test"), Policy::default());
        Self { name, zone, beside: Vec::new(), config, policy }
    }

    fn with(mut self, change: impl FnOnce(&mut DnsConfig, &mut Policy)) -> Self {
        change(&mut self.config, &mut self.policy);
        self
    }

    fn beside(mut self, zone: Zone) -> Self {
        self.beside.push(zone);
        self
    }

    async fn run(self) -> CheckRun {
        let zones = neighbours().into_iter().chain(self.beside);
        let lab = zones.fold(Lab::builder().zone(self.zone), |lab, zone| lab.zone(zone));
        let lab = lab.start().await.unwrap();
        let mut limits = Limits::default();
        limits.exchange = Duration::from_millis(3500);
        let check = DnsCheck::with_config(self.config).with_policy(self.policy);
        let run = lr_core::run(&check, &lab.context().with_limits(limits)).await;
        assert!(lab.queries().len() <= 200, "{}: {}", self.name, lab.queries().len());
        run
    }
}

/// A few at a time: many labs at once would starve each other on a busy machine, and what is late
/// counts as silent.
async fn some<T>(all: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    stream::iter(all).buffered(8).collect().await
}

fn shown(run: &CheckRun) -> Vec<String> {
    run.findings.iter().map(|f| format!("{:?} {} {}", f.severity, f.key, f.detail)).collect()
}
