module unmask

go 1.26
