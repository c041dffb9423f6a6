"""The peer of flights.ts: the same work in one pandas script. Prints milliseconds, and rows and a sum of the result."""
import json
import sys
import time

import pandas

work, flights, airports = sys.argv[1:4]
began = time.perf_counter()
table = pandas.read_parquet(flights)
if work == "flights":
    table = table[table["distance"] > 200]
    table["late"] = table["delay"].clip(lower=0) / table["distance"]
    result = table.groupby("origin", as_index=False)["late"].mean().sort_values("late", ascending=False)
    value = float(result["late"].sum())
else:
    joined = table.merge(pandas.read_csv(airports), left_on="origin", right_on="airport", how="inner")
    result = joined.groupby("region", as_index=False)["delay"].mean()
    value = float(result["delay"].sum())
print(json.dumps({"ms": (time.perf_counter() - began) * 1000, "rows": len(result), "value": value}))
