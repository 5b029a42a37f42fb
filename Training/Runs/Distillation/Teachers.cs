using System.Security.Cryptography;
using EmotionMLNet.Inference;
using EmotionMLNet.Kernels;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Runs.Distillation;

/// <summary>
/// Trained models that say what they see in a training batch, as the student is shown it, augmented and mixed: "consistent teaching", which
/// Beyer et al. 2021 (arXiv:2106.05237) found to matter most. Asking them allocates nothing. Or they have been asked before, see
/// <see cref="Answers"/>.
/// </summary>
internal sealed class Teachers
{
    private readonly InferenceSession[] sessions;

    private Teachers(
        InferenceSession[] sessions,
        TeacherPredictions? answers,
        int batch,
        int classes,
        string fingerprint,
        IReadOnlyList<string> notes
    )
    {
        this.sessions = sessions;
        Answers = answers;
        Probabilities = new Tensor(batch, Shape.Vector(classes));
        Fingerprint = fingerprint;
        Notes = notes;
    }

    /// <summary>What they say of whole pictures; null where they look at each batch.</summary>
    public TeacherPredictions? Answers { get; }

    /// <summary>
    /// [N, K] for the batch at hand: the mean over the teachers, each row sums to 1. Filled by <see cref="Teach"/>, or with the batch from
    /// the <see cref="Answers"/>.
    /// </summary>
    public Tensor Probabilities { get; }

    /// <summary>SHA-256 over the teachers' files, hex: a run goes on with the same teachers, wherever they lie.</summary>
    public string Fingerprint { get; }

    /// <summary>What a reader of the figures should know of the teachers.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Reads the teachers of a run; null where there are none.</summary>
    /// <param name="options">Which.</param>
    /// <param name="preprocessing">The student's.</param>
    /// <param name="shown">Shape of a training picture: the network's input, or a window of it.</param>
    /// <param name="data">The student's.</param>
    /// <param name="batch">Most images a step.</param>
    /// <param name="team">The student's; not shared while a step runs.</param>
    /// <exception cref="TrainingException">A teacher has other labels, in another order, or sees pictures in another way.</exception>
    /// <exception cref="ModelFormatException">A file is no model of ours.</exception>
    public static Teachers? Load(
        DistillationOptions options,
        ImagePreprocessing preprocessing,
        Shape shown,
        Dataset data,
        int batch,
        ThreadTeam team
    )
    {
        if (options.Teachers.Count == 0) return null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var zips = new List<ModelZip>();
        var notes = new List<string>();
        foreach (string path in options.Teachers)
        {
            ModelZip teacher = ModelFile.Load(path);
            Check(path, teacher.Manifest, preprocessing, data.Labels);
            if (teacher.Manifest.DataFingerprint != data.Fingerprint)
                notes.Add(
                    $"the teacher {Path.GetFileName(path)} was trained on other data or another split: if it has seen validation "
                        + "pictures, validation says too much"
                );
            notes.AddRange(teacher.Manifest.TrainingNotes.Select(n => $"the teacher {Path.GetFileName(path)}: {n}"));
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(path)));
            zips.Add(teacher);
        }
        InferenceSession[] sessions = options.TeacherViews is null ? [.. zips.Select((z, i) => Session(z, options.Teachers[i]))] : [];
        TeacherPredictions? answers = options.TeacherViews is { } views ? new TeacherPredictions(zips, views, data[Split.Train]!) : null;
        return new Teachers(sessions, answers, batch, data.Labels.Count, Convert.ToHexStringLower(hash.GetHashAndReset()), notes);

        InferenceSession Session(ModelZip zip, string path) =>
            new(
                InferencePlan.Compile(
                    ResizedNetwork.Resize(
                        zip.Network,
                        shown,
                        $"{{distillation.teachers}} {path}: it cannot look at windows of {shown}, which {{augmentation.crop}} shows"
                    )
                ),
                batch,
                team
            );
    }

    /// <summary>Fills <see cref="Probabilities"/> for the pictures of a batch.</summary>
    /// <param name="input">[N, Height, Width, Channels], normalised.</param>
    public void Teach(Tensor input)
    {
        Probabilities.Batch = input.Batch;
        Span<float> mean = Probabilities.Span;
        mean.Clear();
        float share = 1f / sessions.Length;
        foreach (InferenceSession session in sessions)
        {
            session.Input.Batch = input.Batch;
            input.Span.CopyTo(session.Input.Span);
            session.Run();
            ReadOnlySpan<float> said = session.Probabilities.Span;
            for (int i = 0; i < mean.Length; i++) mean[i] += share * said[i];
        }
    }

    private static void Check(string path, ModelManifest teacher, ImagePreprocessing student, IReadOnlyList<string> labels)
    {
        if (!teacher.Labels.SequenceEqual(labels))
            throw new TrainingException(
                $"{{distillation.teachers}} {path}: its labels are {string.Join(", ", teacher.Labels)}, the data's "
                    + $"{string.Join(", ", labels)}: give a teacher with the same labels in the same order."
            );
        if (teacher.Preprocessing != student)
            throw new TrainingException(
                $"{{distillation.teachers}} {path}: it is shown pictures of {Describe(teacher.Preprocessing)}, the student "
                    + $"{Describe(student)}: give a teacher with the same preprocessing, or set {{network.width}}, {{network.height}}, "
                    + $"{{network.channels}} and {{network.resize}} to the teacher's."
            );
    }

    private static string Describe(ImagePreprocessing p) =>
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{p.Width} x {p.Height} x {p.Channels} ({p.Resize}, mean {string.Join('/', p.Mean)}, deviation "
                + $"{string.Join('/', p.StandardDeviation)})"
        );
}
