using System.CommandLine;
using EmotionMLNet.Terminal;
using EmotionMLNet.Training.Tuning.Search;
#if STORES
using EmotionMLNet.TrialStores;
#endif

namespace EmotionMLNet.Trainer.Commands.Tuning;

/// <summary>Where a search is kept: a database in its folder, or a server.</summary>
internal static class SearchStores
{
    /// <summary>The database in the folder of a search.</summary>
    public const string FileName = SearchFile.Database;

    /// <summary>--store.</summary>
    public static readonly Option<string> Url = new("--store")
    {
        HelpName = "URL",
        Description = "PostgreSQL for workers on many machines: postgres://user:password@host/database. By default search.db in --out.",
    };

    /// <summary>--search.</summary>
    public static readonly Option<string> Name = new("--search")
    {
        HelpName = "NAME",
        Description = "Name of the search in --store; by default that of its folder.",
    };

    /// <summary>--lease.</summary>
    public static readonly Option<string> Lease = new("--lease")
    {
        HelpName = "DURATION",
        Description = "How long a worker of --store may be silent before others go on with its trial; 60s by default.",
    };

    /// <summary>Options that say where.</summary>
    public static IReadOnlyList<Option> Options => [Url, Name, Lease];

    /// <summary>Opens the store of a search, and makes it where there is none.</summary>
    /// <param name="parsed">A command line with the options.</param>
    /// <param name="folder">Folder of the search; there.</param>
    public static ITrialStore Open(ParseResult parsed, string folder)
    {
#if STORES
        if (parsed.GetValue(Url) is { } url) return PostgresTrialStore.Open(url, NameOf(parsed, folder), LeaseOf(parsed));
        if (File.Exists(Path.Combine(folder, SearchFile.FileName)))
            throw new UserException($"{folder}: a program keeps its search there, in {SearchFile.FileName}: choose another folder.");
        return SqliteTrialStore.Open(Path.Combine(folder, FileName), TimeProvider.System);
#else
        if (parsed.GetValue(Url) is not null) throw Missing();
        return MemoryTrialStore.Open(Path.Combine(folder, SearchFile.FileName), TimeProvider.System);
#endif
    }

    /// <summary>Reads a search that may be under way, and changes nothing.</summary>
    /// <param name="parsed">A command line with the options.</param>
    /// <param name="folder">Folder of the search.</param>
    /// <exception cref="UserException">There is none.</exception>
    public static SearchState Peek(ParseResult parsed, string folder)
    {
#if STORES
        if (parsed.GetValue(Url) is { } url)
        {
            using var store = PostgresTrialStore.Open(url, NameOf(parsed, folder), PostgresTrialStore.DefaultLease);
            return Checked(store.Read(), $"{NameOf(parsed, folder)} in that database");
        }
        string file = Path.Combine(folder, FileName), written = Path.Combine(folder, SearchFile.FileName);
        if (File.Exists(file)) return Checked(SqliteTrialStore.Peek(file), folder);
        if (!File.Exists(written)) throw new UserException($"{folder}: there is no search, it has no {FileName}.");
        return Checked(SearchFile.Read(written), folder);
#else
        if (parsed.GetValue(Url) is not null) throw Missing();
        string file = Path.Combine(folder, SearchFile.FileName);
        if (!File.Exists(file)) throw new UserException($"{folder}: there is no search, it has no {SearchFile.FileName}.");
        return Checked(SearchFile.Read(file), folder);
#endif
    }

    private static SearchState Checked(SearchState state, string place) =>
        state.Facts.ContainsKey(SearchPlan.Fact) ? state : throw new UserException($"{place}: there is no search yet.");

#if STORES
    private static TimeSpan LeaseOf(ParseResult parsed) =>
        parsed.GetValue(Lease) is { } lease ? SharedOptions.ReadDuration(Lease, lease) : PostgresTrialStore.DefaultLease;

    private static string NameOf(ParseResult parsed, string folder) =>
        parsed.GetValue(Name) ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
#else
    private static UserException Missing() => new("this program was built without databases (Stores=false), which this needs.");
#endif
}
