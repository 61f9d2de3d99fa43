"""One retailer's customers, found in five systems: who they are, what we keep of each, and where it comes from."""

from pathlib import Path

import rcu

HERE = Path(__file__).parent

# Files, fields and the reference day are in the configuration; what it leaves out are the shipped French defaults.
found = rcu.resolve(HERE / "retail.toml")

summary, revenue = found.summary, found.summary["revenue"]
quality = found.evaluate(HERE / "data" / "truth.csv")
print(f"{summary['records']} records are {summary['people']} people in {summary['households']} households")
print(f"pairwise F1 against the truth: {quality['f1']:.3f}")
print(
    f"revenue {revenue['revenue_in_minor'] / 100:.2f} EUR = attributed {revenue['attributed_minor'] / 100:.2f}"
    f" + orphans {revenue['orphans_minor'] / 100:.2f} + anonymous {revenue['anonymous_minor'] / 100:.2f}:"
    f" {'reconciled' if found.reconciles else 'DOES NOT RECONCILE'}"
)

# The customer with most records, each value with the record that supplied it and the rule that chose it.
customer = max(found.golden.to_pylist(), key=lambda person: person["records"])
print(f"\n{customer['golden_id']}: {customer['records']} records of {customer['sources']}")
for origin in found.provenance.to_pylist():
    if origin["golden_id"] == customer["golden_id"]:
        value = customer[origin["field"]]
        print(f"  {origin['field']:<14} {value!s:<32} {origin['source']}|{origin['record_id']}, by {origin['rule']}")

# A column in, a table out; any dataframe library takes it as it is: polars.DataFrame(phones), pyarrow.table(phones).
phones = rcu.normalize("phone", ["06.30.12.45.78", "+33 (0)1 42 68 53 00", "ask reception", None])
print()
for row in phones.to_pylist():
    print(f"{row['value'] or '-':<14} {row['status']:<10} {', '.join(row['codes'])}")
