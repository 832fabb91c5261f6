module lamina/oracle

go 1.20
