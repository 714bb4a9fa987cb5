# The seed's way: the whole file into a data frame.
import json
import resource
import sys

import pandas as pd

movies = pd.read_csv(sys.argv[1], sep="|")
year = pd.to_numeric(movies["anoLancamento"], errors="coerce")
votes = pd.to_numeric(movies["numeroVotos"], errors="coerce")
genre = movies["genero"].str.contains("crime|war", case=False, na=False)
ids = movies[(year > 1960) & (votes > 10000) & genre]["id"].unique()
print(json.dumps({"ids": len(ids), "maxRssKiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))
