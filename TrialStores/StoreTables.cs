namespace EmotionMLNet.TrialStores;

/// <summary>The tables of a store, in words that SQLite and PostgreSQL both understand. People may query them.</summary>
/// <remarks>
/// Times are seconds of the search's clock. Kinds and statuses are the names of the program in lower case. A number that is NaN is null.
/// </remarks>
internal static class StoreTables
{
    /// <summary>Raised by whoever changes <see cref="Make"/> so that an older program would not understand the tables.</summary>
    public const int Version = 1;

    /// <summary>Makes them all; nothing happens to those that are there.</summary>
    public static string Make { get; } = $"""
        CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL PRIMARY KEY);
        INSERT INTO schema_version (version) VALUES ({Version}) ON CONFLICT DO NOTHING;

        -- One row a search: when it was made, and its clock when something was last written.
        CREATE TABLE IF NOT EXISTS searches (
          name TEXT NOT NULL PRIMARY KEY,
          created TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
          seconds DOUBLE PRECISION NOT NULL DEFAULT 0
        );

        -- What was tried. The settings are JSON, and so is the point: coordinates in the unit cube of the arm's space. A running trial
        -- whose lease has an end is lost when that has passed.
        CREATE TABLE IF NOT EXISTS trials (
          search TEXT NOT NULL REFERENCES searches (name) ON DELETE CASCADE,
          id INTEGER NOT NULL,
          kind TEXT NOT NULL,
          arm TEXT NOT NULL,
          origin TEXT NOT NULL,
          settings TEXT NOT NULL,
          point TEXT NOT NULL,
          seed INTEGER NOT NULL,
          first_rung INTEGER NOT NULL,
          rung INTEGER NOT NULL,
          status TEXT NOT NULL,
          reason TEXT,
          claims INTEGER NOT NULL,
          losses INTEGER NOT NULL,
          expires DOUBLE PRECISION,
          PRIMARY KEY (search, id)
        );

        -- Which worker had a trial, and when; "ended" is null while it runs and where the worker was lost.
        CREATE TABLE IF NOT EXISTS claims (
          search TEXT NOT NULL,
          trial INTEGER NOT NULL,
          claim INTEGER NOT NULL,
          worker TEXT NOT NULL,
          rung INTEGER NOT NULL,
          started DOUBLE PRECISION NOT NULL,
          ended DOUBLE PRECISION,
          PRIMARY KEY (search, trial, claim),
          FOREIGN KEY (search, trial) REFERENCES trials (search, id) ON DELETE CASCADE
        );

        -- Measured on validation; "number" is the order of the reports of a trial, "seconds" what the epoch took.
        CREATE TABLE IF NOT EXISTS epochs (
          search TEXT NOT NULL,
          trial INTEGER NOT NULL,
          rung INTEGER NOT NULL,
          epoch INTEGER NOT NULL,
          number INTEGER NOT NULL,
          loss DOUBLE PRECISION,
          accuracy DOUBLE PRECISION,
          seconds DOUBLE PRECISION,
          ended DOUBLE PRECISION NOT NULL,
          PRIMARY KEY (search, trial, rung, epoch),
          FOREIGN KEY (search, trial) REFERENCES trials (search, id) ON DELETE CASCADE
        );

        -- What was recorded once and for all.
        CREATE TABLE IF NOT EXISTS facts (
          search TEXT NOT NULL REFERENCES searches (name) ON DELETE CASCADE,
          name TEXT NOT NULL,
          value TEXT NOT NULL,
          PRIMARY KEY (search, name)
        );

        -- What was decided, in order. A worker whose connection broke while it wrote a decision looks for its id here.
        CREATE TABLE IF NOT EXISTS decisions (
          search TEXT NOT NULL REFERENCES searches (name) ON DELETE CASCADE,
          number INTEGER NOT NULL,
          id TEXT NOT NULL,
          worker TEXT NOT NULL,
          decision TEXT NOT NULL,
          trial INTEGER,
          decided DOUBLE PRECISION NOT NULL,
          PRIMARY KEY (search, number),
          UNIQUE (search, id)
        );
        """;
}
