using System.Collections;
using System.Globalization;
using System.Reflection;
using EmotionMLNet.Files;
using EmotionMLNet.Imaging;
using EmotionMLNet.Imaging.Png;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Packaging;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training.ModelBuilder;
using Microsoft.ML.Data;

namespace EmotionMLNet.Tests.ModelBuilder;

/// <summary>What export --model-builder writes, built and run with the real ML.NET.</summary>
public sealed class GeneratedProjectTests : IDisposable
{
    private static readonly string[] Labels = ["happy", "neutral", "悲しい"];

    private readonly TemporaryFolder folder = new();
    private readonly ModelZip model = TinyModel.Make("residual", Labels);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(ModelInputMode.Bytes)]
    [InlineData(ModelInputMode.Path)]
    [InlineData(ModelInputMode.Raw)]
    public void The_console_says_what_our_predictor_says(ModelInputMode mode)
    {
        ModelZip model = WithMode(mode);
        // In bytes mode it is the sample itself, as the solution's build made it.
        byte[]? assembly = mode == ModelInputMode.Bytes ? null
            : GeneratedProject.Compile(ModelBuilderProject.Create("Expressions", "Mine.Own", model.Manifest));
        string program = GeneratedProject.Place(folder["program"], model, assembly);
        string[] pictures = [.. Enumerable.Range(1, 3).Select(seed => Picture(seed, mode))];
        AssertSays(DotNet.Succeed(folder.FullName, null, [program, .. pictures]), pictures);
    }

    [Fact]
    public void An_exported_project_restores_builds_and_runs_without_a_warning()
    {
        model.Save(folder["model.zip"]);
        string project = folder["project"];
        string[] export = ["--model", folder["model.zip"], "--model-builder", "Faces", "--mode", "bytes", "--out", project];
        ProcessResult exported = TrainerProcess.Run(["export", .. export]);
        Assert.True(exported.Code == ExitCode.Ok, exported.Error);
        DotNet.Succeed(project, null, "build", "-v", "q", "-warnaserror", "-o", folder["out"]);
        string[] pictures = [Picture(1, ModelInputMode.Bytes)];
        string program = Path.Combine(folder["out"], "Faces.Consumer.dll");
        AssertSays(DotNet.Succeed(folder.FullName, null, [program, .. pictures]), pictures);
    }

    [Fact]
    public void Any_number_of_threads_may_predict_even_of_one_row()
    {
        using var loaded = new LoadedClass(model);
        MethodInfo predict = loaded.Class.GetMethod("Predict")!;
        object[] rows = [.. Enumerable.Range(1, 4).Select(seed => loaded.Input(Png(seed)))];
        string[] alone = [.. rows.Select(Scores)];
        Assert.Equal(rows.Length, alone.Distinct().Count());
        object broken = loaded.Input([1, 2, 3]);
        using var together = new Barrier(8);
        var wrong = new List<string>();
        var threads = Enumerable.Range(0, 8).Select(t => new Thread(() =>
        {
            together.SignalAndWait();
            for (int i = 0; i < 20; i++)
            {
                int row = (t / 2 + i) % rows.Length; // two threads have the same
                if (Scores(rows[row]) is var scores && scores != alone[row]) lock (wrong) wrong.Add(scores);
                if (i % 10 == t) Assert.Throws<TargetInvocationException>(() => predict.Invoke(null, [broken]));
            }
        })).ToArray();
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.Empty(wrong);
        FieldInfo engines = loaded.Class.GetField("Engines", BindingFlags.NonPublic | BindingFlags.Static)!;
        Assert.InRange(((ICollection)engines.GetValue(null)!).Count, 1, threads.Length);

        string Scores(object row)
        {
            dynamic output = predict.Invoke(null, [row])!;
            return $"{output.PredictedLabel} {string.Join(' ', (float[])output.Score)}";
        }
    }

    [Fact]
    public void A_row_decodes_its_picture_once_frees_it_and_can_be_used_again()
    {
        using var loaded = new LoadedClass(model);
        object row = loaded.Input(Png(1));
        PropertyInfo image = row.GetType().GetProperty("Image")!;
        var first = (MLImage)image.GetValue(row)!;
        Assert.Equal(model.Manifest.Preprocessing.Width, first.Width);
        Assert.Same(first, image.GetValue(row)); // the model may ask for it several times
        row.GetType().GetProperty("ImageSource")!.SetValue(row, Png(2));
        var second = (MLImage)image.GetValue(row)!;
        Assert.NotSame(first, second);
        second.Dispose(); // as ML.NET may
        first = (MLImage)image.GetValue(row)!;
        Assert.NotSame(second, first);
        ((IDisposable)row).Dispose();
        Assert.Throws<InvalidOperationException>(() => first.Width);
        Assert.Equal(model.Manifest.Preprocessing.Width, ((MLImage)image.GetValue(row)!).Width);
        ((IDisposable)row).Dispose();
        Assert.Null(image.GetValue(loaded.Input(null)));
        // An engine that is disposed leaves the model to the others.
        object lazy = loaded.Class.GetField("PredictEngine")!.GetValue(null)!;
        ((IDisposable)lazy.GetType().GetProperty("Value")!.GetValue(lazy)!).Dispose();
        MethodInfo predict = loaded.Class.GetMethod("Predict")!;
        Assert.NotNull(predict.Invoke(null, [row]));
        Assert.IsType<ArgumentException>(
            Assert.Throws<TargetInvocationException>(() => predict.Invoke(null, [loaded.Input(null)])).InnerException
        );
    }

    /// <summary>In a process whose garbage collector stands still: what nobody frees stays.</summary>
    [Fact]
    public void Predict_leaves_no_decoded_picture_behind()
    {
        const int side = 1500;
        const string program = """
            using System;
            using System.IO;
            using Mine.Own;
            Environment.CurrentDirectory = AppContext.BaseDirectory;
            byte[] picture = File.ReadAllBytes(args[0]);
            Expressions.Predict(new Expressions.ModelInput { ImageSource = picture });
            Console.WriteLine(Grown(() => Expressions.Predict(new Expressions.ModelInput { ImageSource = picture })));
            Console.WriteLine(Grown(() => Expressions.PredictEngine.Value.Predict(new Expressions.ModelInput { ImageSource = picture })));
            static long Grown(Action step)
            {
                if (!GC.TryStartNoGCRegion(200_000_000)) throw new InvalidOperationException("no region");
                long before = Environment.WorkingSet;
                for (int i = 0; i < 20; i++) step();
                long grown = Environment.WorkingSet - before;
                GC.EndNoGCRegion();
                return grown / 1_000_000;
            }
            """;
        byte[] png = PngEncoder.Encode(new Image(side, side, 1, new byte[side * side]));
        AtomicFile.Write(folder["large.png"], s => s.Write(png));
        ModelBuilderProject project = ModelBuilderProject.Create("Expressions", "Mine.Own", model.Manifest);
        string placed = GeneratedProject.Place(folder["program"], model, GeneratedProject.Compile(project, program));
        int[] megabytes =
        [
            .. DotNet.Succeed(folder.FullName, null, placed, folder["large.png"]).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(l => int.Parse(l, CultureInfo.InvariantCulture)),
        ];
        const int pictures = 20 * side * side / 1_000_000 * 4;
        Assert.InRange(megabytes[0], int.MinValue, pictures / 2 + 40); // managed memory is not freed here either
        Assert.InRange(megabytes[1], pictures, int.MaxValue); // rows that are not disposed
    }

    // "FILE: LABEL (LABEL 0.123, ...)", the highest score first.
    private void AssertSays(string output, string[] pictures)
    {
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(pictures.Length, lines.Length);
        EmotionClassifier ours = EmotionClassifier.From(model);
        for (int i = 0; i < pictures.Length; i++)
        {
            Prediction expected = ours.Classify(pictures[i]);
            string start = $"{pictures[i]}: {expected.Label} (";
            Assert.StartsWith(start, lines[i], StringComparison.Ordinal);
            string[] scores = lines[i][start.Length..].TrimEnd(')', '\r').Split(", ");
            Assert.Equal(expected.Scores.OrderByDescending(s => s.Probability).Select(s => s.Label), scores.Select(s => s.Split(' ')[0]));
            Assert.All(
                scores,
                s =>
                    Assert.Equal(
                        expected.Scores.Single(e => e.Label == s.Split(' ')[0]).Probability,
                        float.Parse(s.Split(' ')[1], CultureInfo.InvariantCulture),
                        1e-3f
                    )
            );
        }
    }

    private ModelZip WithMode(ModelInputMode mode) => model with { Manifest = model.Manifest with { InputMode = mode } };

    private Image Noise(int seed)
    {
        var p = model.Manifest.Preprocessing;
        var pixels = new byte[3 * p.Width * p.Height];
        new Random(seed).NextBytes(pixels);
        return new Image(p.Width, p.Height, 3, pixels);
    }

    private byte[] Png(int seed) => PngEncoder.Encode(Noise(seed));

    private string Picture(int seed, ModelInputMode mode)
    {
        Image image = Noise(seed);
        string path = folder[$"{seed}.{(mode == ModelInputMode.Raw ? "ppm" : "png")}"];
        byte[] bytes = mode == ModelInputMode.Raw
            ? [.. System.Text.Encoding.ASCII.GetBytes($"P6 {image.Width} {image.Height} 255\n"), .. image.Pixels]
            : PngEncoder.Encode(image);
        AtomicFile.Write(path, s => s.Write(bytes));
        return path;
    }

    /// <summary>The generated class in this process. It looks for its model in the current folder, so it has a name of its own.</summary>
    private sealed class LoadedClass : IDisposable
    {
        private readonly string file;

        public LoadedClass(ModelZip model)
        {
            string name = $"Expressions{Guid.NewGuid():N}";
            ModelBuilderProject project = ModelBuilderProject.Create(name, "Mine.Own", model.Manifest);
            file = Path.GetFullPath(project.ModelFile);
            model.Save(file);
            Class = Assembly.Load(GeneratedProject.Compile(project)).GetType($"Mine.Own.{name}")!;
        }

        public Type Class { get; }

        public object Input(byte[]? source)
        {
            object input = Activator.CreateInstance(Class.GetNestedType("ModelInput")!)!;
            input.GetType().GetProperty("ImageSource")!.SetValue(input, source);
            return input;
        }

        public void Dispose() => File.Delete(file);
    }
}
