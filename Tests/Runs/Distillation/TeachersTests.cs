using EmotionMLNet.Imaging;
using EmotionMLNet.Kernels;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Runs.Distillation;
using EmotionMLNet.Training.Runs.Listeners;

namespace EmotionMLNet.Tests.Runs.Distillation;

public sealed class TeachersTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Two_teachers_say_the_mean_of_what_each_says()
    {
        using var team = new ThreadTeam(2);
        string[] paths = [Teacher("one.zip", seed: 5), Teacher("two.zip", seed: 6)];
        Teachers both = Load(paths), one = Load(paths[0]), two = Load(paths[1]);
        var input = new Tensor(8, new Shape(TinyData.Side, TinyData.Side, 1)) { Batch = 5 }; // the last batch of an epoch is short
        var random = new Random(1);
        foreach (ref float x in input.Span) x = random.NextSingle();
        foreach (Teachers teachers in new[] { both, one, two }) teachers.Teach(input);
        Assert.Equal(5, both.Probabilities.Batch);
        for (int i = 0; i < both.Probabilities.Span.Length; i++)
            Assert.Equal((one.Probabilities.Span[i] + two.Probabilities.Span[i]) / 2, both.Probabilities.Span[i], 1e-6f);
        Assert.NotEqual(one.Probabilities.Span.ToArray(), two.Probabilities.Span.ToArray());

        Teachers Load(params string[] from) =>
            Teachers.Load(
                new DistillationOptions { Teachers = from },
                TinyData.Preprocessing,
                new Shape(TinyData.Side, TinyData.Side, 1),
                TinyData.Make(),
                8,
                team
            )!;
    }

    [Fact]
    public void Teachers_who_are_asked_once_say_the_mean_over_teachers_and_views_of_the_whole_picture()
    {
        using var team = new ThreadTeam(2);
        string[] paths = [Teacher("one.zip", seed: 5), Teacher("two.zip", seed: 6)];
        ImageSet images = TinyData.Make()[Split.Train]!;
        TeacherPredictions answers = Teachers
            .Load(
                new DistillationOptions { Teachers = paths, TeacherViews = TestTimeAugmentation.Flip },
                TinyData.Preprocessing,
                new Shape(TinyData.Side, TinyData.Side, 1),
                TinyData.Make(),
                8,
                team
            )!
            .Answers!;
        Assert.False(answers.AreKnown);
        List<WorkProgress> told = [];
        answers.Compute(team, told.Add, CancellationToken.None);
        Assert.True(answers.AreKnown);
        Assert.Equal(new WorkProgress(2 * images.Count, 2 * images.Count), told[^1]);

        EmotionClassifier[] classifiers =
        [
            .. paths.Select(p =>
                EmotionClassifier.Load(p, new EmotionClassifierOptions { TestTimeAugmentation = TestTimeAugmentation.Flip })
            ),
        ];
        for (int i = 0; i < images.Count; i += 7)
        {
            var picture = new Image(TinyData.Side, TinyData.Side, 1, images.Pixels[i]);
            for (int k = 0; k < TinyData.Labels.Count; k++)
                Assert.Equal(
                    classifiers.Average(c => c.Classify(picture).Scores.Single(s => s.Label == TinyData.Labels[k]).Probability),
                    answers.Probabilities[i * TinyData.Labels.Count + k],
                    1e-5
                );
        }
    }

    [Fact]
    public void What_they_look_at_is_a_word_or_one_line_that_says_which_there_are()
    {
        Assert.Empty(new DistillationOptions { TeacherViews = DistillationOptions.ParseViews("crops:0.9") }.FindProblems());
        Assert.StartsWith(
            "give shown",
            Assert.Throws<FormatException>(() => DistillationOptions.ParseViews("mirror")).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(DistillationOptions.Shown)]
    [InlineData("flip")]
    public void A_student_without_labels_learns_what_its_teacher_knows(string views)
    {
        string teacher = Path.Combine(folder.FullName, "taught", BestModel.FileName);
        using (
            TrainingRun school = TinyData.Run(
                TinyData.Options with
                {
                    Optimisation = TinyData.Options.Optimisation with { Epochs = 20 },
                },
                Path.GetDirectoryName(teacher),
                new BestModel(TimeProvider.System)
            )
        )
            school.Train(CancellationToken.None);
        TrainingOptions options = TinyData.Options with
        {
            Optimisation = TinyData.Options.Optimisation with { Epochs = 15 },
            Distillation = new DistillationOptions
            {
                Teachers = [teacher],
                TeacherWeight = 1,
                TeacherTemperature = 2,
                TeacherViews = DistillationOptions.ParseViews(views),
            },
        };
        using TrainingRun student = TinyData.Run(options, folder["student"], new BestModel(TimeProvider.System));
        student.Train(CancellationToken.None);
        Assert.True(student.Progress.Best!.ValidationAccuracy > 0.9, $"best validation accuracy {student.Progress.Best}");
        Assert.Empty(student.Notes);
        string settings = ModelZip
            .Load(Path.Combine(folder["student"], BestModel.FileName))
            .Manifest.Settings!.Value.GetProperty("distillation")
            .ToString();
        Assert.Contains("\"model.zip\"", settings, StringComparison.Ordinal); // the file, not where it lies
    }

    [Theory]
    [InlineData(DistillationOptions.Shown)]
    [InlineData("none")]
    public void A_step_with_teachers_allocates_nothing(string views) =>
        Assert.Equal(
            0,
            StepAllocation.Of(
                TinyData.Options with
                {
                    Distillation = new DistillationOptions
                    {
                        Teachers = [Teacher("one.zip", 5), Teacher("two.zip", 6)],
                        TeacherViews = DistillationOptions.ParseViews(views),
                    },
                }
            )
        );

    [Theory]
    [InlineData(DistillationOptions.Shown)]
    [InlineData("flip")]
    public void A_run_with_a_teacher_goes_on_to_the_same_bits_wherever_the_teacher_lies_and_with_no_other(string views)
    {
        TrainingOptions options = TinyData.Options with
        {
            Optimisation = TinyData.Options.Optimisation with { Epochs = 2 },
            Distillation = new DistillationOptions
            {
                Teachers = [Teacher("one.zip", 5)],
                TeacherViews = DistillationOptions.ParseViews(views),
            },
        };
        using TrainingRun whole = TinyData.Run(options);
        whole.Train(CancellationToken.None);
        using (
            TrainingRun cut = TinyData.Run(
                options,
                folder["parts"],
                new Watcher
                {
                    OnBatch = (_, epoch, _) =>
                    {
                        if (epoch == 2)
                            throw new InvalidOperationException("cut off");
                    },
                }
            )
        )
            Assert.Throws<InvalidOperationException>(() => cut.Train(CancellationToken.None));

        File.Move(folder["one.zip"], folder["moved.zip"]);
        using (TrainingRun resumed = TinyData.Run(With("moved.zip"), folder["parts"]))
        {
            resumed.Train(CancellationToken.None);
            Assert.Equal(TinyData.Weights(whole.Network), TinyData.Weights(resumed.Network));
        }
        Teacher("moved.zip", seed: 6);
        Assert.Contains(
            "other settings or other data",
            Assert.ThrowsAny<TrainingException>(() => TinyData.Run(With("moved.zip"), folder["parts"])).Message,
            StringComparison.Ordinal
        );

        TrainingOptions With(string name) => options with { Distillation = options.Distillation with { Teachers = [folder[name]] } };
    }

    [Fact]
    public void A_teacher_of_other_labels_or_other_preprocessing_is_refused_in_one_line_that_says_both()
    {
        Refused("its labels are low, left, right, the data's left, low, right", m => m with { Labels = ["low", "left", "right"] });
        Refused("pictures of 12 x 12 x 1 (Pad", m => m with { Preprocessing = m.Preprocessing with { Resize = ResizeMode.Pad } });
        Refused("mean 0.25", m => m with { Preprocessing = m.Preprocessing with { Mean = [0.25f] } });

        void Refused(string part, Func<ModelManifest, ModelManifest> change)
        {
            string path = Teacher("other.zip", 5, change);
            var e = Assert.ThrowsAny<TrainingException>(() =>
                TinyData.Run(TinyData.Options with { Distillation = new DistillationOptions { Teachers = [path] } })
            );
            Assert.StartsWith($"distillation.teachers {path}: ", e.Message, StringComparison.Ordinal);
            Assert.Contains(part, e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', e.Message);
        }
    }

    [Fact]
    public void A_teacher_of_other_data_is_noted()
    {
        string path = Teacher("other.zip", 5, m => m with { DataFingerprint = "another" });
        using TrainingRun run = TinyData.Run(TinyData.Options with { Distillation = new DistillationOptions { Teachers = [path] } });
        Assert.Contains("trained on other data", Assert.Single(run.Notes), StringComparison.Ordinal);
    }

    private string Teacher(string name, int seed, Func<ModelManifest, ModelManifest>? change = null)
    {
        Network network = RunFactory.CreateNetwork(
            TinyData.Options with
            {
                Seed = seed,
            },
            TinyData.Preprocessing,
            TinyData.Labels.Count,
            new SilentReporter()
        );
        var manifest = new ModelManifest
        {
            CreatedBy = "tests",
            Architecture = "three-block-cnn",
            Labels = TinyData.Labels,
            Head = network.Head,
            Preprocessing = TinyData.Preprocessing,
            DataFingerprint = TinyData.Make().Fingerprint,
        };
        new ModelZip(network, change is null ? manifest : change(manifest)).Save(folder[name]);
        return folder[name];
    }
}
