import GRDB

extension StateDatabase {
    /// The versions of the database's layout, oldest first; what has been released is never changed.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: features and runs") { database in
            try database.create(table: "featureSpace") { table in
                table.autoIncrementedPrimaryKey("id")
                table.column("key", .text).notNull().unique()
            }
            try database.create(table: "feature", options: [.withoutRowID]) { table in
                table.column("space", .integer).notNull().references("featureSpace", onDelete: .cascade)
                table.column("picture", .blob).notNull()
                table.column("values", .blob).notNull()
                table.primaryKey(["space", "picture"])
            }
            try database.create(table: "run") { table in
                table.primaryKey("id", .text)
                table.column("name", .text).indexed()
                table.column("startedAt", .double).notNull()
                table.column("state", .text).notNull()
            }
        }
        migrator.registerMigration("2: dates of features, and which files were read") { database in
            try database.alter(table: "featureSpace") { table in table.add(column: "model", .text) }
            // With row IDs a row stands in one page; without, every feature had an overflow page of its own.
            try database.create(table: "dated") { table in
                table.column("space", .integer).notNull().references("featureSpace", onDelete: .cascade)
                table.column("picture", .blob).notNull()
                table.column("values", .blob).notNull()
                table.column("addedAt", .integer).notNull()
                table.uniqueKey(["space", "picture"])
            }
            // Nobody knows when the features of the first version were made: their age counts from now.
            try database.execute(
                sql: """
                    INSERT INTO dated SELECT space, picture, "values", CAST(strftime('%s', 'now') AS INTEGER) FROM feature
                    """)
            try database.drop(table: "feature")
            try database.rename(table: "dated", to: "feature")
            try database.create(table: "pictureFile", options: [.withoutRowID]) { table in
                table.column("path", .text).notNull()
                table.column("picture", .blob).notNull()
                table.column("device", .integer).notNull()
                table.column("inode", .integer).notNull()
                table.column("size", .integer).notNull()
                table.column("modifiedAt", .integer).notNull()
                table.column("changedAt", .integer).notNull()
                table.column("readAt", .integer).notNull()
                table.primaryKey(["path", "picture"])
            }
        }
        migrator.registerMigration("3: cells of comparisons") { database in
            try database.create(table: "comparisonCell", options: [.withoutRowID]) { table in
                table.primaryKey("key", .text)
                table.column("result", .text).notNull()
                table.column("finishedAt", .double).notNull()
            }
        }
        migrator.registerMigration("4: the course of runs", migrate: RunLayout.create)
        migrator.registerMigration("5: comparisons") { database in
            try database.create(table: "comparison", options: [.withoutRowID]) { table in
                table.primaryKey("id", .text)
                table.column("description", .text).notNull()
                table.column("startedAt", .double).notNull()
            }
        }
        return migrator
    }

    /// The names of the layouts that this version knows, oldest first.
    static var layouts: [String] { migrator.migrations }
}
