import GRDB

/// The tables in which the course of a run is kept: layout 4 of the database.
///
/// Everything hangs on a small number instead of the run's ID, and what comes in floods (batches, epochs) stands in
/// chunks: a row for each of a thousand batches a second would be a database of its own within an hour.
enum RunLayout {
    static func create(_ database: Database) throws {
        try database.create(table: "numberedRun") { table in
            table.autoIncrementedPrimaryKey("number")
            table.column("id", .text).notNull().unique()
            table.column("name", .text)
            table.column("startedAt", .double).notNull()
            table.column("state", .text).notNull()
            table.column("endedAt", .double)
            // JSON, in the form of the program's own types.
            table.column("description", .text)
            table.column("configuration", .text)
            table.column("result", .text)
            for name in ["model", "modelChecksum", "dataset", "dataChecksum", "method", "methodTitle", "note"] {
                table.column(name, .text)
            }
            for name in ["shots", "seed", "plannedEpochs", "bestEpoch"] { table.column(name, .integer) }
            for name in ["steps", "epochs"] { table.column(name, .integer).notNull().defaults(to: 0) }
            for name in [
                "learningRate", "zeroShotTop1", "zeroShotLoss", "bestTop1", "bestLoss", "finalTop1", "finalLoss",
                "zeroShotTestTop1", "testTop1",
            ] { table.column(name, .double) }
        }
        try database.execute(
            sql: """
                INSERT INTO numberedRun (id, name, startedAt, state)
                SELECT id, name, startedAt, state FROM run ORDER BY startedAt, rowid
                """)
        try database.drop(table: "run")
        try database.rename(table: "numberedRun", to: "run")
        try database.create(indexOn: "run", columns: ["name"])

        try database.create(table: "runTag", options: [.withoutRowID]) { table in
            run(table)
            table.column("tag", .text).notNull()
            table.primaryKey(["run", "tag"])
        }
        try database.create(table: "runChunk") { table in
            run(table)
            table.column("kind", .integer).notNull()
            table.column("firstStep", .integer).notNull()
            table.column("lastStep", .integer).notNull()
            table.column("count", .integer).notNull()
            table.column("values", .blob).notNull()
            table.uniqueKey(["run", "kind", "firstStep"])
        }
        try database.create(table: "runEvent", options: [.withoutRowID]) { table in
            run(table)
            table.column("sequence", .integer).notNull()
            table.column("kind", .text).notNull()
            table.column("step", .integer).notNull()
            table.column("epoch", .integer).notNull()
            table.column("time", .double).notNull()
            table.column("body", .text).notNull()
            table.primaryKey(["run", "sequence"])
        }
        try database.create(table: "runPictures") { table in
            table.column("run", .integer).primaryKey().references("run", column: "number", onDelete: .cascade)
            table.column("body", .blob).notNull()
        }
        try database.create(table: "runAnswers") { table in
            run(table)
            table.column("moment", .text).notNull()
            table.column("step", .integer).notNull()
            table.column("values", .blob).notNull()
            table.uniqueKey(["run", "moment"])
        }
    }

    private static func run(_ table: TableDefinition) {
        table.column("run", .integer).notNull().references("run", column: "number", onDelete: .cascade)
    }
}
