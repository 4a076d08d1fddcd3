module github.com/facc7503/mmap/bench/programs

go 1.25.0

replace github.com/facc7503/mmap => ../../

tool go.etcd.io/bbolt/cmd/bbolt

require (
	github.com/akrylysov/pogreb v0.10.2
	github.com/facc7503/mmap v0.0.0-00010101000000-000000000000
)

require (
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/spf13/cobra v1.8.1 // indirect
	github.com/spf13/pflag v1.0.6 // indirect
	go.etcd.io/bbolt v1.4.3 // indirect
	golang.org/x/sys v0.47.0 // indirect
)
