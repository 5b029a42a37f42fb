using EmotionMLNet.Files;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Tuning.Search;

namespace EmotionMLNet.Tests.Tuning.Search;

/// <summary>What one worker takes over from another.</summary>
public sealed class TrialFolderTests : IDisposable
{
    private readonly TemporaryFolder search = new();

    public void Dispose() => search.Dispose();

    [Fact]
    public void A_claim_goes_on_from_the_last_one_though_that_one_still_writes()
    {
        var trial = new TrialFolder(search.FullName, 3);
        (string first, bool resumes) = trial.OpenClaim(1, share: 1);
        Assert.False(resumes);
        string second = "";
        AtomicFile.WriteText(Path.Combine(first, Checkpoint.FileName), "weights");
        AtomicFile.Write(Path.Combine(first, SettingsFile.FileName), _ => (second, resumes) = trial.OpenClaim(2, share: 1));
        Assert.True(resumes);
        Assert.Equal(Checkpoint.FileName, Assert.Single(Directory.GetFiles(second).Select(Path.GetFileName)));
        Assert.Equal("weights", File.ReadAllText(Path.Combine(second, Checkpoint.FileName)));
    }

    [Fact]
    public void Another_share_of_the_pictures_is_another_training()
    {
        var trial = new TrialFolder(search.FullName, 3);
        (string first, _) = trial.OpenClaim(1, share: 0.5);
        AtomicFile.WriteText(Path.Combine(first, Checkpoint.FileName), "weights");
        Assert.False(trial.OpenClaim(2, share: 1).Resumes);
        Assert.True(trial.OpenClaim(3, share: 0.5).Resumes);
    }
}
