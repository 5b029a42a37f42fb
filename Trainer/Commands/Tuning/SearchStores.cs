using System.CommandLine;
using EmotionMLNet.Training.Tuning.Search;

namespace EmotionMLNet.Trainer.Commands.Tuning;

/// <summary>Where a search is kept: a database in its folder, or a server.</summary>
internal static class SearchStores
{
    /// <summary>Options that say where.</summary>
    public static IReadOnlyList<Option> Options => [];

    /// <summary>Opens the store of a search.</summary>
    public static ITrialStore Open(ParseResult parsed, string folder) => new MemoryTrialStore(TimeProvider.System);
}
