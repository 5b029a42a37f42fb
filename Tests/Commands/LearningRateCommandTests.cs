using System.Globalization;
using EmotionMLNet.Files;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Commands;

public sealed class LearningRateCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_rate_stands_alone_on_stdout_and_no_split_but_training_is_read()
    {
        for (int i = 0; i < 60; i++) AtomicFile.Write(folder[$"data/train/{Label(i)}/{i}.png"], s => s.Write(TinyData.Png(i % 3, i)));
        foreach (string split in new[] { "validation", "test" })
            for (int i = 0; i < 3; i++) AtomicFile.WriteText(folder[$"data/{split}/{Label(i)}/broken.png"], "not a picture");
        ProcessResult result = TrainerProcess.Run(
            "lr-find",
            "--data",
            folder["data"],
            "--out",
            folder["out"],
            "--architecture",
            "three-block-cnn",
            "--width",
            "12",
            "--height",
            "12",
            "--widths",
            "4,6,8",
            "--batch-size",
            "2",
            "--threads",
            "2",
            "--from-rate",
            "1e-6"
        );
        Assert.True(result.Code == ExitCode.Ok, result.Error);
        Assert.InRange(double.Parse(result.Output, CultureInfo.InvariantCulture), 1e-7, 1);
        Assert.Equal(["lr-find.csv", "lr-find.svg"], Directory.GetFiles(folder["out"]).Select(Path.GetFileName).Order());
        Assert.Contains("falls fastest", result.Error, StringComparison.Ordinal);
        Assert.Equal("suggested peak learning rate, for train --learning-rate:", result.ErrorLines[^1]); // what the number on stdout is

        static string Label(int i) => TinyData.Labels[i % 3];
    }

    [Fact]
    public void Of_few_images_the_cure_is_a_smaller_batch()
    {
        for (int i = 0; i < 20; i++)
            AtomicFile.Write(folder[$"data/train/{TinyData.Labels[i % 3]}/{i}.png"], s => s.Write(TinyData.Png(i % 3, i)));
        for (int i = 0; i < 3; i++)
            // Or training would give some away.
            AtomicFile.WriteText(folder[$"data/validation/{TinyData.Labels[i]}/broken.png"], "not read");
        ProcessResult result = TrainerProcess.Run(
            "lr-find",
            "--data",
            folder["data"],
            "--out",
            folder["out"],
            "--architecture",
            "three-block-cnn",
            "--width",
            "12",
            "--height",
            "12",
            "--widths",
            "4,6,8",
            "--threads",
            "1"
        );
        Assert.Equal(ExitCode.Failure, result.Code);
        Assert.Contains(
            "20 training images in batches of 20 are 1 step, too few for a curve: lower --batch-size, to 2 for instance",
            result.ErrorLines[^1],
            StringComparison.Ordinal
        );
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("--from-rate 0: give", "--from-rate", "0")]
    [InlineData("--to-rate 1E-06: give", "--to-rate", "1e-6")]
    [InlineData("--steps 3: give", "--steps", "3")]
    public void A_mistake_is_one_line_and_exit_code_2(string message, params string[] arguments)
    {
        ProcessResult result = TrainerProcess.Run(["lr-find", "--data", "x", .. arguments]);
        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.StartsWith(message, Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }
}
