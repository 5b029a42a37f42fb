using System.Text.Json;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Jobs;

/// <summary>
/// Decoded pictures of one source, for many trainings in one process: they are read again only where a training wants other pixels or
/// another division. May be used from several threads.
/// </summary>
internal sealed class DatasetCache
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Dataset> sets = new(StringComparer.Ordinal);

    /// <summary>Finds what was decoded before, or decodes it.</summary>
    /// <param name="options">Of the training, resolved.</param>
    /// <param name="preprocessing">How the network wants pictures.</param>
    /// <param name="splits">Those that are read.</param>
    /// <param name="load">Decodes.</param>
    public Dataset GetOrLoad(TrainingOptions options, ImagePreprocessing preprocessing, IReadOnlyList<Split> splits, Func<Dataset> load)
    {
        string key = SettingsFile.Write(new TrainingOptions { Data = options.DividedData, TrainingSet = options.TrainingSet })
            + JsonSerializer.Serialize(preprocessing)
            + string.Join(',', splits);
        lock (gate)
        {
            if (!sets.TryGetValue(key, out Dataset? known)) sets.Add(key, known = load());
            return known;
        }
    }
}
