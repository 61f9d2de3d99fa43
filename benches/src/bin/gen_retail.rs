//! `gen_retail --records 1000000 --seed 20261121 --out data/r1m`: the data the benches run on.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use rcu_benches::retail::{Options, Outcome, generate};

const HELP: &str = "\
Writes a synthetic French retailer whose truth is known.

gen_retail --out DIR [--records N] [--tx N] [--seed S] [--noise X] [--csv]

  --out DIR      folder to write into; made when missing
  --records N    records of the five sources together (100000)
  --tx N         transactions (three per record)
  --seed S       another seed gives other people (20261121)
  --noise X      0 for no mistake, 1 for the usual rates, 2 for twice as many (1)
  --csv          CSV files beside the Parquet files
  --help         this text

Files: in/{pos,web,crm,loyalty,callcenter,transactions,stores,complaints}.parquet,
truth.parquet (rec_id `source|id`, person_id, household_id), meta.json; with --csv also in/csv/*.csv and
truth.csv. The CSV files of pos and crm are in Windows-1252, those of pos and loyalty use `;`.
The same options give the same bytes. `cargo doc -p rcu-benches` shows the tables of fill rates and noise.
";

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gen_retail: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: impl Iterator<Item = String>) -> Outcome<()> {
    let Some(options) = parse(arguments)? else {
        print!("{HELP}");
        return Ok(());
    };
    let start = Instant::now();
    let summary =
        generate(&options, &mut |part| eprintln!("{:6.1} s  {part}", start.elapsed().as_secs_f64()))?;
    println!(
        "{} records, {} people, {} true pairs, {:.1} s",
        summary.records,
        summary.people,
        summary.true_pairs,
        start.elapsed().as_secs_f64()
    );
    Ok(())
}

/// The options; `None` when the user asks for help.
fn parse(mut arguments: impl Iterator<Item = String>) -> Outcome<Option<Options>> {
    let (mut records, mut transactions, mut seed, mut noise) = (100_000, None, 20_261_121, 1.0_f64);
    let (mut csv, mut out) = (false, None);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} wants a value"));
        let bad = |value: &str| format!("{argument}: `{value}` is not a number of the kind wanted");
        match argument.as_str() {
            "--help" | "-h" => return Ok(None),
            "--csv" => csv = true,
            "--out" => out = Some(PathBuf::from(value()?)),
            "--records" => records = value().and_then(|text| text.parse().map_err(|_| bad(&text)))?,
            "--tx" => transactions = Some(value().and_then(|text| text.parse().map_err(|_| bad(&text)))?),
            "--seed" => seed = value().and_then(|text| text.parse().map_err(|_| bad(&text)))?,
            "--noise" => noise = value().and_then(|text| text.parse().map_err(|_| bad(&text)))?,
            other => return Err(format!("unknown option `{other}`; see --help").into()),
        }
    }
    if !(noise.is_finite() && noise >= 0.0) {
        return Err("--noise wants 0 or more".into());
    }
    // Mobiles and record numbers stay different up to these sizes; fifty million is five times what was tried.
    if records == 0 || records > 50_000_000 {
        return Err("--records wants 1 to 50,000,000".into());
    }
    let out = out.ok_or("--out DIR is missing; see --help")?;
    Ok(Some(Options { records, transactions: transactions.unwrap_or(3 * records), seed, noise, csv, out }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Outcome<Option<Options>> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn defaults_and_values() {
        let options = parsed("--records 500 --noise 2 --out x --csv").unwrap().unwrap();
        assert_eq!((options.records, options.transactions, options.seed), (500, 1_500, 20_261_121));
        assert!(options.csv && options.noise == 2.0);
        assert!(parsed("--help").unwrap().is_none());
    }

    #[test]
    fn mistakes_are_named() {
        for (line, word) in
            [("--records", "--records"), ("--seed x --out y", "`x`"), ("--fast", "--fast"), ("", "--out")]
        {
            let error = parsed(line).err().unwrap().to_string();
            assert!(error.contains(word), "{line}: {error}");
        }
        assert!(parsed("--out x --records 0").is_err());
        assert!(parsed("--out x --noise -1").is_err());
    }
}
