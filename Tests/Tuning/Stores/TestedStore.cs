using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Tuning.Search;
using EmotionMLNet.TrialStores;
using Xunit.Sdk;

namespace EmotionMLNet.Tests.Tuning.Stores;

/// <summary>A kind of store with a search of its own, which can be opened as often as a test likes.</summary>
/// <param name="kind">memory, file, sqlite or postgres.</param>
/// <param name="server">Where postgres is.</param>
internal sealed class TestedStore(string kind, PostgresServer server) : IDisposable
{
    private static readonly JsonSerializerOptions Numbers = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private readonly TemporaryFolder folder = new();
    private readonly string search = $"search {Guid.NewGuid():N}";

    /// <summary>The clock of those that go by ours; it stands until a test lets time pass.</summary>
    public TickingClock Clock { get; } = new() { Tick = 0 };

    public ITrialStore Open() =>
        kind switch
        {
            "memory" => new MemoryTrialStore(Clock),
            "file" => MemoryTrialStore.Open(folder[SearchFile.FileName], Clock),
            "sqlite" => SqliteTrialStore.Open(folder["search.db"], Clock),
            _ => PostgresTrialStore.Open(server.Url, search, TimeSpan.FromHours(1)),
        };

    public void Dispose() => folder.Dispose();

    /// <summary>A state without its times, as a text.</summary>
    public static string Text(SearchState state) =>
        Exact(
            new(
                [
                    .. state.Trials.Select(t =>
                        t with
                        {
                            Epochs = [.. t.Epochs.Select(e => e with { At = 0 })],
                            Spans = [.. t.Spans.Select(s => s with { From = 0, To = s.To is null ? null : 0 })],
                        }
                    ),
                ],
                state.Facts,
                0
            )
        );

    /// <summary>A state as a text.</summary>
    public static string Exact(SearchState state) =>
        JsonSerializer.Serialize(
            new { state.Trials, Facts = state.Facts.OrderBy(f => f.Key, StringComparer.Ordinal), state.Now },
            Numbers
        );
}

/// <summary>Decisions that tests make.</summary>
internal static class Decisions
{
    /// <summary>Settings that no careless statement survives.</summary>
    public static TrialProposal Proposal(int seed = 1) =>
        new(TrialKind.Search, "it's \"küche\"; --", [0, 1.0 / 3, double.Epsilon], """{"a":"O'Brien \\ 悲しい 😀 @id {b}"}""", seed, 0, "model");

    public static TrialLease Begin(this ITrialStore store, string worker = "ann", int seed = 1) =>
        store.Make(new SearchDecision.Begin(Proposal(seed)), worker)!;

    public static TrialLease GoOn(this ITrialStore store, int trial, int rung, string worker = "ann") =>
        store.Make(new SearchDecision.GoOn(trial, rung), worker)!;

    public static TrialLease? Make(this ITrialStore store, SearchDecision decision, string worker = "ann") =>
        store.Decide(worker, _ => decision).Lease;

    public static TrialEpoch Epoch(int number, double loss = 0.5, int rung = 0) => new(rung, number, loss, 0.25, 1.5, At: 1e9);
}

/// <summary>Stores that need nothing but this program.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EmbeddedStoresAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [["memory"], ["file"], ["sqlite"]];
}

/// <summary>The embedded database.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SqliteStoreAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [["sqlite"]];
}

/// <summary>The store in memory that keeps itself in a file.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FileStoreAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [["file"]];
}

/// <summary>The store of a server: the case skips where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresStoreAttribute : DataAttribute
{
    public PostgresStoreAttribute() => Skip = PostgresServer.Missing;

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [["postgres"]];
}
