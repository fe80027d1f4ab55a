# SPDX-License-Identifier: GPL-3.0-or-later
#
# Prints the output of go test -bench as one table. A benchmark that reports a
# metric "bar:UNIT" has its bar printed beside what it measured in that unit; in
# MB/s that is a minimum, in all others a maximum.

function row(name, unit, got, bar) {
	missed = bar != "" && (unit ~ /\/s$/ ? got + 0 < bar + 0 : got + 0 > bar + 0)
	if (missed) misses++
	sign = unit ~ /\/s$/ ? ">=" : "<="
	printf "%-52s %14s %-10s %-10s %s\n", name, got, unit, bar == "" ? "" : sign " " bar, missed ? "MISSED" : ""
}

BEGIN { printf "%-52s %14s %-10s %-10s\n", "benchmark", "measured", "unit", "bar" }

/^Benchmark/ {
	delete value
	bars = 0
	for (i = 3; i < NF; i += 2) {
		value[$(i + 1)] = $i
		if ($(i + 1) ~ /^bar:/) bars++
	}
	name = $1
	sub(/^Benchmark/, "", name)
	for (unit in value) {
		if (unit ~ /^bar:/) continue
		if (bars == 0 && unit != "ns/op" && unit != "MB/s") continue
		if (bars > 0 && !(("bar:" unit) in value)) continue
		row(name, unit, value[unit], value["bar:" unit])
	}
	next
}

/^(FAIL|panic|---|#)/ { failed = 1; print }

END {
	printf "%d bars missed\n", misses
	exit failed || misses > 0
}
